from .trend import trend_plot

environment.globals["trend_plot"] = trend_plot(config, findings)
