import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './level2-port.ts'
import { cleanEnvironment, run, runMeanwhile, scratchFolder } from './run.ts'

/** Made by scripts/build-apiserver.mjs. */
const API_SERVER = resolve('.cache/kubernetes/kube-apiserver')

export function hasCluster(): boolean {
  return existsSync(API_SERVER) && run('/', 'sh', ['-c', 'command -v etcd kubectl openssl']).code === 0
}

interface Resource {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly generation: number
    readonly deletionTimestamp?: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly replicas: number
    readonly template: { readonly metadata: unknown; readonly spec: Readonly<Record<string, unknown>> }
  }
  readonly status?: { readonly observedGeneration?: number; readonly phase?: string }
}

/**
 * A real API server with its etcd, and what plays the controllers: a deployment becomes available with one pod, which
 * answers as a service of a version would, and a namespace that is deleted goes.
 */
export class Cluster {
  /** The version that a pod says it has; undefined: it has the one that it was deployed with. */
  says: string | undefined
  /** Tells by its digest whether an artifact never becomes ready. */
  broken: (artifact: string) => boolean = () => false
  readonly config: string
  private readonly processes: ChildProcess[] = []
  private readonly address: string
  private readonly port: number
  private deployed = ''
  private goesOn = true

  private constructor(folder: string, port: number, address: string) {
    this.config = join(folder, 'config')
    this.port = port
    this.address = address
  }

  static async start(): Promise<Cluster> {
    const folder = scratchFolder('cluster')
    const [etcd, peers, api, pod] = [await freePort(), await freePort(), await freePort(), await freePort()]
    // The API server passes nothing on to a loopback address.
    const own = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)
    const cluster = new Cluster(folder, pod, own?.address ?? '127.0.0.1')
    run(folder, 'openssl', ['genrsa', '-out', 'sa.key', '2048'])
    writeFileSync(join(folder, 'tokens.csv'), 'token,admin,1,system:masters\n')
    const local = (port: number) => `http://127.0.0.1:${port}`
    cluster.spawn(folder, 'etcd', [
      '--data-dir=etcd',
      `--listen-client-urls=${local(etcd)}`,
      `--advertise-client-urls=${local(etcd)}`,
      `--listen-peer-urls=${local(peers)}`,
      `--initial-advertise-peer-urls=${local(peers)}`,
      `--initial-cluster=default=${local(peers)}`,
    ])
    cluster.spawn(folder, API_SERVER, [
      `--etcd-servers=${local(etcd)}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${api}`,
      '--cert-dir=certs',
      '--token-auth-file=tokens.csv',
      '--service-account-key-file=sa.key',
      '--service-account-signing-key-file=sa.key',
      '--service-account-issuer=https://kubernetes',
      '--service-cluster-ip-range=10.99.0.0/24',
      '--disable-admission-plugins=ServiceAccount',
    ])
    const server = { server: `https://127.0.0.1:${api}`, 'insecure-skip-tls-verify': true }
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: server }],
      users: [{ name: 'admin', user: { token: 'token' } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
      'current-context': 'test',
    }
    writeFileSync(cluster.config, JSON.stringify(config))
    for (let tries = 0; (await cluster.kubectl('get', '--raw', '/readyz')) !== 'ok'; tries++) {
      if (tries > 100) throw new Error('the API server is not ready')
      await sleep(500)
    }
    createServer((_, response) => {
      response.end(JSON.stringify({ model_version: cluster.says ?? cluster.deployed }))
    })
      .listen(pod, cluster.address)
      .unref()
    void cluster.control()
    return cluster
  }

  /** What kubectl says; nothing where it fails. */
  async kubectl(...args: string[]): Promise<string> {
    const ran = await runMeanwhile('/', 'kubectl', ['--kubeconfig', this.config, ...args])
    return ran.code === 0 ? ran.stdout.trim() : ''
  }

  stop(): void {
    this.goesOn = false
    for (const each of this.processes.reverse()) each.kill('SIGKILL')
  }

  private spawn(folder: string, program: string, args: string[]): void {
    this.processes.push(spawn(program, args, { cwd: folder, stdio: 'ignore', env: cleanEnvironment() }))
  }

  private async control(): Promise<void> {
    while (this.goesOn) {
      for (const each of await this.list('namespaces'))
        if (each.status?.phase === 'Terminating') await this.finish(each)
      for (const each of await this.list('deployments')) await this.roll(each)
      await sleep(300)
    }
  }

  private async roll(deployment: Resource): Promise<void> {
    const { name, namespace, generation, annotations, deletionTimestamp } = deployment.metadata
    const isSeen = deployment.status?.observedGeneration === generation
    if (isSeen || deletionTimestamp !== undefined || this.broken(annotations?.artifact ?? '')) return
    await this.makePod(deployment)
    this.deployed = annotations?.['model-version'] ?? ''
    const count = deployment.spec.replicas
    const counts = { replicas: count, updatedReplicas: count, readyReplicas: count, availableReplicas: count }
    await this.patch(namespace, `deployment/${name}`, { observedGeneration: generation, ...counts })
  }

  private async makePod({ metadata: { namespace }, spec: { template } }: Resource): Promise<void> {
    const { serviceAccountName: _, serviceAccount: __, ...spec } = template.spec
    const metadata = { ...(template.metadata as object), name: 'model-1', namespace }
    await this.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, nodeName: 'here' } })
    const ip = this.address
    await this.patch(namespace, 'pod/model-1', { phase: 'Running', podIP: ip, podIPs: [{ ip }] })
    const targetRef = { kind: 'Pod', name: 'model-1', namespace }
    await this.apply({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'model', namespace },
      subsets: [{ addresses: [{ ip, targetRef }], ports: [{ name: 'http', port: this.port }] }],
    })
  }

  private async finish({ metadata: { name } }: Resource): Promise<void> {
    const kinds = 'deployments,services,endpoints,hpa,pdb,networkpolicies,serviceaccounts'
    await this.kubectl('-n', name, 'delete', kinds, '--all', '--wait=false')
    await this.kubectl('-n', name, 'delete', 'pods', '--all', '--force', '--grace-period=0')
    const file = join(scratchFolder('namespace'), 'namespace.json')
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } }
    writeFileSync(file, JSON.stringify(namespace))
    await this.kubectl('replace', '--raw', `/api/v1/namespaces/${name}/finalize`, '-f', file)
  }

  private async list(kind: string): Promise<readonly Resource[]> {
    const said = await this.kubectl('get', kind, '--all-namespaces', '--output=json')
    return said === '' ? [] : (JSON.parse(said) as { items: Resource[] }).items
  }

  private async apply(resource: object): Promise<void> {
    const file = join(scratchFolder('resource'), 'resource.json')
    writeFileSync(file, JSON.stringify(resource))
    await this.kubectl('apply', '-f', file)
  }

  private async patch(namespace: string, name: string, status: object): Promise<void> {
    const content = JSON.stringify({ status })
    await this.kubectl('-n', namespace, 'patch', name, '--subresource=status', '--type=merge', '-p', content)
  }
}
