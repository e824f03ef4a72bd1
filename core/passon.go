package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// passOn records in d whether the credential of a request is forwarded to the application,
// which happens only if the rule does not require one of ours.
func (e deciding) passOn(ctx context.Context, p *compiled.Policy, at *compiled.Target, header *route.HeaderSpec, a *api.Attempt, d *Decision, public bool) (err error) {
	if !public && d.Rule.Access != route.Optional || d.Rule.PassAuthorization {
		return nil
	}
	if d.PassedOn, err = e.passesOn(ctx, p, at, header, a); d.PassedOn && !d.Rule.ForwardCredential {
		r := *d.Rule
		r.ForwardCredential = true
		d.Rule = &r
	}
	return err
}

// passesOn reports whether the form of the request's only credential shows that it belongs
// to the application. Rules that accept credentials only in a header of their own refuse
// the standard header instead.
func (e deciding) passesOn(ctx context.Context, p *compiled.Policy, at *compiled.Target, header *route.HeaderSpec, a *api.Attempt) (bool, error) {
	values := a.Header[credential.Authorization]
	if len(values) != 1 || len(a.Header[credential.XAPIKey]) > 0 || !isApplications(p, header.Prefix, at, a, values[0]) {
		return false, nil
	}
	spec, err := e.auth.CredentialSpec(ctx, p, at, header, a)
	if err != nil || spec.RefuseStandard && spec.Header != credential.Authorization {
		return false, err
	}
	if spec.Header != "" && (spec.Header == credential.Authorization || len(a.Header[spec.Header]) > 0) {
		return false, nil
	}
	return spec.Prefix == header.Prefix || isApplications(p, spec.Prefix, at, a, values[0]), nil
}

// isApplications reports whether a value has the form of an application's credential and
// the policy's Bearer function, if any, does not read it as a bearer token of ours. A
// password is ours to judge where a site refuses them to some roles.
func isApplications(p *compiled.Policy, prefix string, at *compiled.Target, a *api.Attempt, value string) bool {
	has := func(kind api.Kind) bool {
		return len(p.Chain[kind]) > 0 || kind == api.Basic && p.RefusesBasic(at)
	}
	if !credential.IsApplications(value, prefix, p.Schemes, has) {
		return false
	}
	if p.Bearer == nil {
		return true
	}
	_, how := p.Bearer(a, value)
	return how != policy.ReadBearer
}
