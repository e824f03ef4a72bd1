package point

// ChallengeError is the cause of the error of a login that requires a challenge; find it
// with errors.As.
type ChallengeError struct{ Challenge Challenge }

// Error implements error.
func (e *ChallengeError) Error() string { return "login needs " + e.Challenge.Kind }
