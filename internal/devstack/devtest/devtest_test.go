package devtest

import "testing"

func TestMain(m *testing.M) { Main(m) }

func TestAServerIsStartedOnce(t *testing.T) {
	first := Redis(t)
	if again := Redis(t); again != first {
		t.Errorf("it is at %s, and at %s", first, again)
	}
}

func TestTheEnvironmentNamesAServer(t *testing.T) {
	t.Setenv("SECKILL_TEST_REDIS", "redis://elsewhere:1/0")
	if got := Redis(t); got != "redis://elsewhere:1/0" {
		t.Errorf("got %s", got)
	}
}
