row = self._online.complete(row)
