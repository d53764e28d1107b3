"seed": ("seed", "write the data file into the source, to try the pipeline"),
