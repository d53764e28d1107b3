champion = champion_folder(self.root)
if champion is not None:
    return champion
