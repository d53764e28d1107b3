from .labelled import with_labelled
