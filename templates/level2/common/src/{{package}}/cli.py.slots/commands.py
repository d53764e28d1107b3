"data": ("pipeline", "collect new data, check it and clean it"),
