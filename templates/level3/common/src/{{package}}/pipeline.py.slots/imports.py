from .data_versions import remember_data, restore_data
