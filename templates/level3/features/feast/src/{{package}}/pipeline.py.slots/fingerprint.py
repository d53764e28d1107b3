parts += [file_sha256(Path(__file__).with_name("entity_features.py")), repr(read_stored(config))]
