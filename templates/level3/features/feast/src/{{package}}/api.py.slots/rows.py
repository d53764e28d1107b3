rows = [online.complete(row) for row in rows]
