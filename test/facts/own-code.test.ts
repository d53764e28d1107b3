import { expect, test } from 'vitest'
import { openRepository } from '../../src/assess/repository/repository.ts'
import { correctOwnCode, parseCorrections } from '../../src/facts/corrections.ts'
import { ownCodeOf } from '../../src/facts/own-code.ts'

const open = (name: string) => openRepository(`test/fixtures/repositories/${name}`)

test.each([
  [
    'flat-scripts',
    { train: 'train.py', model: 'model.joblib', features: 'utils:features', code: ['train.py', 'utils.py'] },
  ],
  ['notebook-and-pickle', { train: 'Untitled1.ipynb', model: 'model_final_v2.pkl', data: 'churn.csv' }],
  [
    'flask-setup-py',
    { train: 'churnapp.train:main', features: 'churnapp.features:make_features', requirements: ['.'] },
  ],
  ['poetry-tested', { train: 'churn.train:fit', features: 'churn.features:build', code: ['churn'] }],
  [
    'dvc-github',
    { train: 'python src/prepare.py && python src/train.py', fill_up: true, code: ['params.yaml', 'src'] },
  ],
  ['honest-level-1', { train: 'model:train', data: 'data.csv', fill_up: true }],
])('%s: how its code can be called', (name, expected) => {
  expect(ownCodeOf(open(name), undefined)).toMatchObject(expected)
})

test('of two trainings the one beside the data is called, by its script', () => {
  const own = ownCodeOf(open('monorepo'), 'models/churn/data.csv')
  expect(own).toMatchObject({
    train: 'models/churn/train.py',
    data: 'models/churn/data.csv',
    model: 'models/churn/model.joblib',
    code: ['models/churn'],
    requirements: ['models/churn/requirements.txt'],
  })
})

test('data by the path of one machine is the file of the repository that it ends with', () => {
  expect(ownCodeOf(open('conda-mlproject'), undefined)).toMatchObject({
    train: 'train.py',
    data: 'data/churn.csv',
    reads: '/home/anna/churn/data/churn.csv',
    model: 'mlruns/**/model.pkl',
    requirements: ['conda.yaml'],
  })
})

test('data by a path that is nothing of the repository has to be said', () => {
  const own = (data: string | undefined) => ownCodeOf(open('windows latin-1'), data)
  expect(own(undefined)).toMatchObject({ data: null, reads: 'C:\\Projekte\\Kündigung\\daten.csv' })
  expect(own('Neue Daten/kunden.csv')).toMatchObject({ data: 'Neue Daten/kunden.csv' })
})

test('a repository that trains nothing has no code to call, until a person says so', () => {
  const repository = open('windows latin-1/Neue Daten')
  expect(ownCodeOf(repository, undefined)).toBeUndefined()
  expect(correctOwnCode(undefined, parseCorrections(['training=m:fit']), repository)).toMatchObject({
    train: 'm:fit',
  })
})

test('what a person says takes the place of what was found', () => {
  const repository = open('flat-scripts')
  const said = [
    'prediction=python predict.py {input}',
    'predictions=predictions.csv',
    'code=train.py,predict.py,utils.py',
  ]
  const own = correctOwnCode(ownCodeOf(repository, undefined), parseCorrections(said), repository)
  expect(own).toMatchObject({
    predict: 'python predict.py {input}',
    predictions: 'predictions.csv',
    code: ['train.py', 'predict.py', 'utils.py'],
    train: 'train.py',
  })
})

test('"none" takes a fact away', () => {
  const repository = open('flat-scripts')
  const correct = (...pairs: string[]) =>
    correctOwnCode(ownCodeOf(repository, undefined), parseCorrections(pairs), repository)
  expect(correct('training=none')).toBeUndefined()
  expect(correct('requirements=none', 'features=none')).toMatchObject({ requirements: [], features: null })
})

test.each([
  ['trainin=x', 'there is no fact "trainin"; did you mean "training"?'],
  ['training', '--fact is "training", expected NAME=VALUE'],
  ['training=', '--fact is "training=", expected NAME=VALUE'],
])('--fact %s is refused', (pair, message) => {
  expect(() => parseCorrections([pair])).toThrow(message)
})

test.each([
  ['training=gone.py', '--fact training=gone.py: there is no gone.py'],
  ['prediction=gone.ipynb', '--fact prediction=gone.ipynb: there is no gone.ipynb'],
  ['code=train.py,gone', '--fact code=gone: there is no gone'],
  ['requirements=gone.txt', '--fact requirements=gone.txt: there is no gone.txt'],
  ['features=utils', '--fact features=utils: expected module:function'],
  ['fill_up=maybe', '--fact fill_up=maybe: expected true or false'],
])('--fact %s cannot be, and the fact is named', (pair, message) => {
  const repository = open('flat-scripts')
  const found = ownCodeOf(repository, undefined)
  expect(() => correctOwnCode(found, parseCorrections([pair]), repository)).toThrow(message)
})
