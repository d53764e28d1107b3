"dagster": ("dagster_server", "run the schedule of Dagster, and open its pages"),
