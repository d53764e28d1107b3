from .estimates import estimates_as_markdown

text += estimates_as_markdown(config)
