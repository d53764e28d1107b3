from .measure import measure_monitoring

measure_monitoring(config, findings, summary)
