// Package kubernetes holds deploy/kubernetes to the types of Kubernetes, and to what the
// program needs of it. It is a module of its own, so that nothing of theirs is in the program's.
package kubernetes

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// built is what kustomize makes of the folder, each read strictly: a field that is not
// there in its type, or twice, fails.
func built(t *testing.T) (all []runtime.Object) {
	t.Helper()
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "../../deploy/kubernetes")
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		appsv1.AddToScheme, autoscalingv2.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme,
	} {
		utilruntime.Must(add(scheme))
	}
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: true, Strict: true})
	for _, r := range made.Resources() {
		o, _, err := strict.Decode([]byte(r.MustYaml()), nil, nil)
		if err != nil {
			t.Errorf("%s: %v", r.CurId(), err)
			continue
		}
		all = append(all, o)
	}
	return all
}

func of[T runtime.Object](all []runtime.Object) (some []T) {
	for _, o := range all {
		if one, is := o.(T); is {
			some = append(some, one)
		}
	}
	return some
}

func TestTheManifests(t *testing.T) {
	all := built(t)
	deployments := of[*appsv1.Deployment](all)
	budgets, scalers, services := of[*policyv1.PodDisruptionBudget](all), of[*autoscalingv2.HorizontalPodAutoscaler](all), of[*corev1.Service](all)
	if len(deployments) != 2 || len(budgets) != 2 || len(scalers) != 1 || len(services) != 1 ||
		len(of[*networkingv1.NetworkPolicy](all)) != 1 || len(of[*corev1.Namespace](all)) != 1 {
		t.Fatalf("%d objects: %v", len(all), all)
	}
	document := read(t, "../../api/openapi.yaml")
	for _, d := range deployments {
		pod := d.Spec.Template
		if set := labels.SelectorFromSet(d.Spec.Selector.MatchLabels); !set.Matches(labels.Set(pod.Labels)) {
			t.Errorf("%s does not select its pods", d.Name)
		}
		restricted(t, d.Name, pod.Spec)
		guarded := 0
		for _, b := range budgets {
			if labels.SelectorFromSet(b.Spec.Selector.MatchLabels).Matches(labels.Set(pod.Labels)) {
				guarded++
			}
		}
		if guarded != 1 {
			t.Errorf("%s has %d disruption budgets", d.Name, guarded)
		}
		c := pod.Spec.Containers[0]
		for _, p := range []*corev1.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
			if p == nil || !strings.Contains(document, "\n  "+p.HTTPGet.Path+":\n") {
				t.Errorf("%s is probed by %v, which the program does not serve", d.Name, p)
			}
		}
		operations(t, &pod)
		if scaled := d.Name == scalers[0].Spec.ScaleTargetRef.Name; scaled != (d.Spec.Replicas == nil) {
			t.Errorf("%s: an apply would undo what the autoscaler has done: %v", d.Name, scaled)
		}
		if sells := strings.Contains(strings.Join(c.Args, " "), "--roles api"); sells != labels.SelectorFromSet(services[0].Spec.Selector).Matches(labels.Set(pod.Labels)) {
			t.Errorf("%s: the service leads there, and it does not sell, or the other way round", d.Name)
		}
	}
	for _, m := range scalers[0].Spec.Metrics {
		if m.Pods != nil && !strings.Contains(read(t, "../../internal/app/gauges.go"), `"`+m.Pods.Metric.Name+`"`) {
			t.Errorf("nobody shows %s", m.Pods.Metric.Name)
		}
	}
}

// operations holds a pod to show its metrics where they are looked for, which is no port
// that everybody is let in by.
func operations(t *testing.T, pod *corev1.PodTemplateSpec) {
	t.Helper()
	c, at := pod.Spec.Containers[0], pod.Annotations["prometheus.io/port"]
	listens := slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == "SECKILL_OPS_LISTEN" && e.Value == "0.0.0.0:"+at })
	open := slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.Name == "ops" && strconv.Itoa(int(p.ContainerPort)) == at })
	if !listens || !open || c.Ports[0].Name != "http" || strconv.Itoa(int(c.Ports[0].ContainerPort)) == at {
		t.Errorf("metrics are looked for at port %s: listens there %v, names it %v", at, listens, open)
	}
}

// restricted holds a pod to the Pod Security Standard of this name.
func restricted(t *testing.T, name string, pod corev1.PodSpec) {
	t.Helper()
	p := pod.SecurityContext
	if p == nil || p.RunAsNonRoot == nil || !*p.RunAsNonRoot || p.SeccompProfile == nil || p.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
		t.Errorf("%s: %v", name, p)
	}
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
		t.Errorf("%s is given a token of the cluster", name)
	}
	for _, c := range pod.Containers {
		s := c.SecurityContext
		if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || s.Capabilities == nil ||
			len(s.Capabilities.Drop) != 1 || s.Capabilities.Drop[0] != "ALL" || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			t.Errorf("%s: %v", name, s)
		}
		if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
			t.Errorf("%s has no limits", name)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
