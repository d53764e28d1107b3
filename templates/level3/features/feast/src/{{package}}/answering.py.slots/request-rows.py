rows = [self._online.complete(row) for row in rows]
