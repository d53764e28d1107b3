own_python = ROOT / (".venv/Scripts/python.exe" if os.name == "nt" else ".venv/bin/python")
run([str(own_python), "scripts/own_environment.py"])
