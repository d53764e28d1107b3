import { usageError } from '../errors.ts'

const KEYWORDS = new Set(
  `False None True and as assert async await break case class continue def del elif else except finally for from
  global if import in is lambda match nonlocal not or pass raise return try type while with yield`.split(
    /\s+/,
  ),
)

/** Modules that a package of the same name would hide, or be hidden by. */
const TAKEN_MODULES = new Set(
  `abc argparse array ast asyncio base64 bdb binascii bisect builtins bz2 calendar cmath cmd code codecs codeop
  collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg csv ctypes curses
  dataclasses datetime dbm decimal difflib dis doctest email encodings enum errno faulthandler fcntl filecmp fileinput
  fnmatch fractions ftplib functools gc getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib
  imaplib importlib inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math
  mimetypes mmap modulefinder multiprocessing netrc numbers opcode operator optparse os pathlib pdb pickle pickletools
  pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd pyclbr pydoc queue quopri random re
  readline reprlib resource runpy sched secrets select selectors shelve shlex shutil signal site smtplib socket
  socketserver sqlite3 ssl stat statistics string stringprep struct subprocess symtable sys sysconfig syslog tabnanny
  tarfile tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace traceback
  tracemalloc tty turtle types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser wsgiref
  xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
  bentoml dagster dvc fastapi feast jinja2 joblib lightgbm matplotlib mlflow nannyml numpy optuna pandas pandera pip
  prometheus_client pyarrow pydantic pytest ray scipy setuptools sklearn sqlalchemy uvicorn xgboost yaml`.split(
    /\s+/,
  ),
)

const MAX_LENGTH = 64

/**
 * The import name of a project: `churn-model` becomes `churn_model`.
 *
 * @throws KnownError (usage) when no valid Python package can have that name
 */
export function packageName(name: string): string {
  const problem = problemWith(name)
  if (problem !== undefined)
    throw usageError(
      `"${shortened(name)}" cannot be the name of a Python package: ${problem}`,
      'Give another with --name, of letters a-z, digits, "-" and "_", e.g. --name churn-model',
    )
  return toPackage(name)
}

function problemWith(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > MAX_LENGTH) return `it has ${name.length} characters, and ${MAX_LENGTH} is the limit`
  const odd = /[^A-Za-z0-9_-]/u.exec(name)
  if (odd !== null) return `it contains "${odd[0]}"`
  if (!/^[A-Za-z]/.test(name)) return 'it does not begin with a letter'
  if (!/[A-Za-z0-9]$/.test(name)) return `it ends with "${name.at(-1)}"`
  const module = toPackage(name)
  if (KEYWORDS.has(module)) return `"${module}" is a keyword of Python`
  if (TAKEN_MODULES.has(module)) return `it would hide Python's own or an installed module "${module}"`
  return undefined
}

function toPackage(name: string): string {
  return name.toLowerCase().replaceAll('-', '_')
}

function shortened(name: string): string {
  return name.length > 40 ? `${name.slice(0, 37)}…` : name
}
