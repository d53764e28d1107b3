"serve": ("serve", "answer predictions over HTTP, with metrics"),
