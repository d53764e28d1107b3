from .improve import on_alert

on_alert(config, summary)
