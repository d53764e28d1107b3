from .champion import champion_folder
