package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

// An OperatorToken is a token as it is told of: without what it is.
type OperatorToken struct {
	Name   string `json:"name"`
	Role   string `json:"role"`
	MadeAt string `json:"made_at" format:"date-time"`
}

// A NewToken is told of once.
type NewToken struct {
	OperatorToken
	Token string `json:"token" doc:"What its operator shows. Only its hash is kept, so nobody can tell it again"`
}

// OperatorTokens are all of them.
type OperatorTokens struct {
	Tokens []OperatorToken `json:"tokens" nullable:"false"`
}

// TokenBody is the body of an add, for the document.
type TokenBody struct {
	Name string `json:"name" doc:"Whose it is: every change is noted under this name. Not admin"`
	Role string `json:"role"`
}

type (
	tokensOutput struct{ Body OperatorTokens }
	addedOutput  struct{ Body NewToken }
	tokenRef     struct {
		Name ID `path:"name"`
	}
)

func tokenBody(t auth.Token) OperatorToken {
	return OperatorToken{t.Name, string(t.Role), sale.FormatTime(t.MadeAt)}
}

func (a *API) tokenRoutes(api huma.API) {
	huma.Register(api, tokensOperation(), func(ctx context.Context, _ *struct{}) (*tokensOutput, error) {
		all, err := a.Auth.Keeper.Tokens(ctx)
		out := OperatorTokens{[]OperatorToken{}}
		for _, t := range all {
			out.Tokens = append(out.Tokens, tokenBody(t))
		}
		return answer(a, &tokensOutput{out}, err)
	})
	huma.Register(api, addTokenOperation(), func(ctx context.Context, in *struct{ JSONBody }) (*addedOutput, error) {
		name, role, err := readToken(in.raw)
		if err != nil {
			return nil, a.explain(err)
		}
		if a.Auth.Open() {
			return nil, problem(noOperators)
		}
		t, text, err := a.Auth.Add(ctx, name, role)
		if err == nil {
			a.Log.Info("token made", "name", name, "role", role)
		}
		return answer(a, &addedOutput{NewToken{tokenBody(t), text}}, err)
	})
	huma.Register(api, revokeTokenOperation(), func(ctx context.Context, in *tokenRef) (*struct{}, error) {
		err := a.Auth.Revoke(ctx, string(in.Name))
		if err == nil {
			a.Log.Info("token revoked", "name", string(in.Name))
		}
		return answer(a, &struct{}{}, err)
	})
}

func readToken(body []byte) (name string, role auth.Role, err error) {
	err = readObject(body, needed(nameField("name", &name)), needed(roleField("role", &role)))
	return name, role, err
}

// nameField reads the name of an operator who is not the admin.
func nameField(name string, to *string) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		switch fails := textField(name, to).read(v); {
		case fails.Code != "" || !sale.CheckID(*to):
			return sale.RuleID.Of(name)
		case *to == auth.AdminName:
			return sale.RuleReserved.Of(name, auth.AdminName)
		}
		return fine
	}}
}

func roleField(name string, to *auth.Role) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		var text string
		fails := textField(name, &text).read(v)
		for _, role := range auth.Roles {
			if fails.Code == "" && text == string(role) {
				*to = role
				return fine
			}
		}
		return sale.RuleRole.Of(name)
	}}
}

// documentRoles writes the closed list of roles into the document.
func documentRoles(schemas map[string]*huma.Schema) {
	role := &huma.Schema{Type: "string", Description: "What an operator is for"}
	for _, r := range auth.Roles {
		role.Enum = append(role.Enum, string(r))
	}
	schemas["Role"] = role
	for _, name := range []string{"OperatorToken", "NewToken", "TokenBody"} {
		schemas[name].Properties["role"] = &huma.Schema{Ref: "#/components/schemas/Role"}
	}
	schemas["TokenBody"].Properties["name"] = idSchema()
}

func tokensOperation() huma.Operation {
	return operation("GET", "/api/tokens", "list-tokens", "The tokens of operators, by name; that of the admin is not among them")
}

func addTokenOperation() huma.Operation {
	op := withBody(operation("POST", "/api/tokens", "add-token", "Make a token", nameTaken, noOperators))
	op.DefaultStatus = http.StatusCreated
	return op
}

func revokeTokenOperation() huma.Operation {
	return operation("DELETE", "/api/tokens/{name}", "revoke-token",
		"Revoke a token, and its sessions: within a second no process takes them", invalid, notFound, crossOrigin)
}
