// Builds the API server of Kubernetes into .cache, for the end-to-end test of deploy=kubernetes. It needs Go and takes
// about ten minutes; without it that test is left out.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const VERSION = '34.3'
const STAGING =
  'api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap code-generator component-base component-helpers controller-manager cri-api cri-client csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission sample-apiserver sample-cli-plugin sample-controller'

const folder = resolve('.cache/kubernetes')
mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, 'main.go'),
  `package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() { os.Exit(cli.Run(app.NewAPIServerCommand())) }
`,
)
const replaced = STAGING.split(' ').map((name) => `	k8s.io/${name} => k8s.io/${name} v0.${VERSION}`)
writeFileSync(
  join(folder, 'go.mod'),
  `module apiserver

go 1.24.0

require k8s.io/kubernetes v1.${VERSION}

replace (
${replaced.join('\n')}
)
`,
)
const go = (...args) =>
  execFileSync('go', args, {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' },
  })
go('mod', 'tidy')
go('build', '-o', 'kube-apiserver', '.')
