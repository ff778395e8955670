package nodegrpc

import (
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

func TestEveryRPCNamesItsRole(t *testing.T) {
	roles, err := rolesOf(agentv1.File_api_agent_v1_agent_proto)
	if err != nil {
		t.Fatal(err)
	}
	served := grpc.NewServer()
	agentv1.RegisterAgentServer(served, &Server{})
	n := 0
	for name, service := range served.GetServiceInfo() {
		for _, method := range service.Methods {
			n++
			if roles["/"+name+"/"+method.Name] == agentv1.Role_ROLE_UNSPECIFIED {
				t.Errorf("%s/%s has no role", name, method.Name)
			}
		}
	}
	if n != len(roles) {
		t.Errorf("%d RPCs are served, %d have a role", n, len(roles))
	}
}

func TestAnRPCWithoutRoleIsNotServed(t *testing.T) {
	file := protodesc.ToFileDescriptorProto(agentv1.File_api_agent_v1_agent_proto)
	method := proto.CloneOf(file.GetService()[0].GetMethod()[0])
	method.Name, method.Options = new("Forgotten"), &descriptorpb.MethodOptions{}
	file.Service[0].Method = append(file.Service[0].Method, method)
	forgetful, err := protodesc.NewFile(file, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rolesOf(forgetful); err == nil || !strings.Contains(err.Error(), "Agent.Forgotten names no role") {
		t.Errorf("an RPC without role: %v", err)
	}
	if _, err := (roles{}).admit(t.Context(), "/stoa.agent.v1.Agent/Unknown"); status.Code(err) != codes.PermissionDenied {
		t.Errorf("an unknown RPC: %v", err)
	}
}

func TestEveryFaultHasItsCode(t *testing.T) {
	seen := map[codes.Code]fault.Kind{}
	for _, kind := range fault.Kinds() {
		code := status.Code(toStatus(fault.New(kind, "x.y", "text")))
		if code == codes.OK || code == codes.Unknown {
			t.Errorf("%s becomes %s", kind, code)
		}
		if other, taken := seen[code]; taken {
			t.Errorf("%s and %s both become %s", kind, other, code)
		}
		seen[code] = kind
	}
}
