bool(entry.get("stored")),
