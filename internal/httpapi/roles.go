package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

// Who may do what. The admin token may do everything.
var (
	admins    = []auth.Role{}
	operators = []auth.Role{auth.Operate}
	viewers   = []auth.Role{auth.View, auth.Operate}
	payers    = []auth.Role{auth.Payments, auth.Operate}
)

// An access says who may use an operation. If it is public everybody may, and an
// operator who shows one of the roles is known as one.
type access struct {
	public bool
	roles  []auth.Role
	proof  proof
}

// A proof is what that of a buyer is to an operation, where buyers are known.
type proof uint8

const (
	proofUnasked proof = iota
	proofHeeded        // it says whose orders are there
	proofNeeded
)

// accesses are those of all operations, by their ids; one that is missing here is none.
var accesses = map[string]access{
	"put-product":          {roles: operators},
	"pause-product":        {roles: operators},
	"resume-product":       {roles: operators},
	"close-product":        {roles: operators},
	"archive-product":      {roles: operators},
	"unarchive-product":    {roles: operators},
	"delete-product":       {roles: operators},
	"list-products":        {roles: viewers},
	"list-orders":          {roles: viewers},
	"search-orders":        {roles: viewers},
	"get-history":          {roles: viewers},
	payOrder:               {roles: payers},
	receiveID:              {roles: []auth.Role{auth.Payments}},
	"list-payments":        {roles: auth.Roles},
	"get-payment":          {roles: auth.Roles},
	"refund-payment":       {roles: payers},
	"void-order":           {roles: operators},
	"begin-rehearsal":      {roles: operators},
	"list-rehearsals":      {roles: viewers},
	"get-rehearsal":        {roles: viewers},
	"get-rehearsal-report": {roles: viewers},
	"remove-rehearsal":     {roles: operators},
	watchRehearsal:         {roles: viewers},
	"verify":               {roles: viewers},
	"figures":              {roles: viewers},
	getTimeline:            {roles: viewers}, // or by a link to share
	"share-timeline":       {roles: operators},
	metricsID:              {roles: viewers},
	"list-tokens":          {roles: admins},
	"add-token":            {roles: admins},
	"revoke-token":         {roles: admins},

	"cancel-order":   {public: true, roles: operators, proof: proofHeeded},
	watchProduct:     {public: true, roles: viewers}, // the newest orders, too
	"buy":            {public: true, proof: proofNeeded},
	"get-product":    {public: true},
	"get-state":      {public: true},
	"list-my-orders": {public: true, proof: proofNeeded},
	// Before it takes money, and where its answer was lost, payments looks at the one order that
	// it was told of. Which orders there are, and what becomes of them, it is not shown.
	"get-order":   {public: true, roles: auth.Roles, proof: proofHeeded},
	watchOrder:    {public: true, roles: viewers, proof: proofHeeded},
	"get-pass":    {public: true, proof: proofNeeded},
	"forget-pass": {public: true},
	receiveStripe: {public: true}, // by its signature
	"get-session": {public: true, roles: auth.Roles},
	"sign-in":     {public: true},
	"sign-out":    {public: true},
	"live":        {public: true},
	readyID:       {public: true, roles: viewers}, // what is missing, too
	"started":     {public: true},
	"openapi":     {public: true},
}

const (
	watchProduct   = "watch-product"
	watchOrder     = "watch-order"
	watchRehearsal = "watch-rehearsal"
	metricsID      = "metrics"
	readyID        = "ready"
	getTimeline    = "get-timeline"
	receiveID      = "receive-payment"
	receiveStripe  = "receive-stripe-event"
)

// may reports whether an operator with this role may use an operation.
func may(role auth.Role, operation string) bool {
	return role == auth.Admin || slices.Contains(accesses[operation].roles, role)
}

// documentAccess writes into the document who may use an operation, for each that is added to it.
func (a *API) documentAccess(_ *huma.OpenAPI, op *huma.Operation) {
	of, known := accesses[op.OperationID]
	if !known {
		panic("nobody has said who may use " + op.OperationID)
	}
	if of.roles != nil {
		describe(op, unavailable)
	}
	op.Security = a.security(of)
	if of.public {
		return
	}
	describe(op, unauthorized)
	describe(op, wrongRole)
	if a.Auth.Open() {
		return
	}
	names := make([]string, len(of.roles), len(of.roles)+1)
	for i, r := range of.roles {
		names[i] = string(r)
	}
	op.Description = "For the roles: " + strings.Join(append(names, string(auth.Admin)), ", ")
}

// security is what may show who sends a request, as far as that counts: the document must
// not claim a lock that is not there.
func (a *API) security(of access) (by []map[string][]string) {
	if of.proof != proofUnasked && a.Buyers != nil {
		by = append(by, map[string][]string{"buyer": {}}, map[string][]string{"pass": {}})
	}
	if of.roles != nil && !a.Auth.Open() {
		by = append(by, map[string][]string{"operator": {}}, map[string][]string{"session": {}})
	}
	if by != nil && of.public && of.proof != proofNeeded {
		by = append(by, map[string][]string{}) // or nothing
	}
	return by
}

// operator is who shows these credentials, if that one may use the operation. A wrong
// token is logged, and slowed, also if it cannot be known whether it is wrong.
func (a *API) operator(ctx context.Context, s credentials, operation string) (auth.Operator, *Problem) {
	who, err := a.Auth.Who(ctx, s.authorization, s.session)
	switch {
	case err != nil && a.isBuyers(s.request):
		return who, problem(unauthorized)
	case errors.Is(err, auth.ErrUnknown):
		if s.authorization != "" {
			a.slow(a.tokens, s.Sender)
		}
		return who, problem(unavailable)
	case errors.Is(err, auth.ErrWrong):
		a.failed(a.tokens, "wrong token", s.Sender)
		return who, problem(unauthorized)
	case err != nil:
		return who, problem(unauthorized)
	case !may(who.Role, operation):
		return who, problem(wrongRole)
	}
	return who, nil
}

// still is how whoever showed these credentials is asked for again, as long as they are
// shown what the operation gives.
func (a *API) still(s credentials, operation string) func() bool {
	authorization, session := s.authorization, s.session // the request is over by then
	return func() bool {
		who, err := a.Auth.Who(a.ctx, authorization, session)
		return err == nil && may(who.Role, operation)
	}
}

type operatorKey struct{}

// by is the name of the operator whose request this is, empty if it is nobody's.
func by(ctx context.Context) string {
	who, _ := ctx.Value(operatorKey{}).(auth.Operator)
	return who.Name
}

// onlyOperators is the middleware that holds the table.
func (a *API) onlyOperators(c huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(c)
	op := c.Operation().OperationID
	of := accesses[op]
	if of.public && of.roles == nil {
		next(c)
		return
	}
	who, p := a.operator(c.Context(), a.shown(senderOf(r, w), op), op)
	switch {
	case p == nil:
		c = huma.WithValue(c, operatorKey{}, who)
	case p.kind == unavailable && op != readyID: // which does not hang on who asks
	case of.public:
		p = nil
	case op == getTimeline && r.URL.Query().Has("share"):
		p = nil // it is looked at there
	case p.kind == unauthorized && op == payOrder:
		p = a.rehearses(c, r, p)
	}
	if p != nil {
		p.write(w)
		return
	}
	next(c)
}

// rehearses is the answer to somebody who is no operator and pays; nil: it is one of
// the server's own buyers, in a rehearsal.
func (a *API) rehearses(c huma.Context, r *http.Request, refusal *Problem) *Problem {
	product, ok := a.Auth.Passes(r.Header.Get("Authorization"))
	if !ok {
		return refusal
	}
	id, err := sale.ParseOrderID(c.Param("order_id"))
	if err != nil {
		return nil // the handler says what is wrong with it
	}
	o, err := a.find(c.Context(), id, Trace{})
	switch {
	case err != nil:
		return a.explain(err)
	case o.ProductID != product:
		return refusal
	}
	return nil
}
