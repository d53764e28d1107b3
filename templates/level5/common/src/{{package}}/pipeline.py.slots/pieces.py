pieces = with_labelled(config, log.latest, pieces)
