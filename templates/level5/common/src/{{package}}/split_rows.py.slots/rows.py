from .labelled_split import learn_from_labelled

rows = learn_from_labelled(config, dataset, rows)
