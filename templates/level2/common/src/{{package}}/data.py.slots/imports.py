from .collected import collected
from .enforce import check_training
