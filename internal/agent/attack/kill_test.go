package attack_test

import "github.com/stoa-cloud/stoa/internal/agent/sandbox"

func victim(dir string, class sandbox.Class) int { return 1 }
