"data": ("pipeline", "collect new data, check it and clean it"),
"golden": ("golden", "record what the regression tests compare with"),
"api": ("api", "answer predictions over HTTP"),
"schedule": ("schedule", "show how to collect and monitor every day"),
