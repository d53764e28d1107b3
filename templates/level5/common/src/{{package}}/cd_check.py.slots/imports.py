from .incidents import check_incidents
