from .alerts import send_alert
from .history import remember

remember(config, log, summary)
send_alert(config, summary)
