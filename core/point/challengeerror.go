package point

// ChallengeError is the cause inside the error of a login that needs one more
// thing; find it with errors.As.
type ChallengeError struct{ Challenge Challenge }

// Error implements error.
func (e *ChallengeError) Error() string { return "login needs " + e.Challenge.Kind }
