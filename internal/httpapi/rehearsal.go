package httpapi

// A Rehearsal is one as it is sent.
type Rehearsal struct {
	ID             string           `json:"id" doc:"Also that of its product"`
	State          string           `json:"state" enum:"running,verifying,done,failed,cancelled"`
	Reason         string           `json:"reason,omitempty,omitzero" doc:"failed: why, in a sentence"`
	Buyers         int64            `json:"buyers"`
	Over           string           `json:"over"`
	Quantity       int64            `json:"quantity"`
	RepeatClickers int64            `json:"repeat_clickers" doc:"Percent of the buyers"`
	Quitters       int64            `json:"quitters" doc:"Percent of the buyers"`
	PaymentWindow  string           `json:"payment_window,omitempty,omitzero" doc:"With quitters"`
	StartedAt      string           `json:"started_at,omitempty,omitzero" format:"date-time"`
	EndedAt        string           `json:"ended_at,omitempty,omitzero" format:"date-time"`
	ElapsedS       float64          `json:"elapsed_s" doc:"Of the rush, in seconds"`
	Sent           int64            `json:"sent" doc:"Buyers whose order was sent"`
	Answered       int64            `json:"answered"`
	Errors         int64            `json:"errors" doc:"Of answered, those with no right answer"`
	Answers        map[string]int64 `json:"answers" doc:"answered, by kind"`
	Placed         int64            `json:"placed" doc:"Orders, whichever click brought them"`
	Repeats        map[string]int64 `json:"repeats,omitempty,omitzero" doc:"Second clicks, by how they were answered"`
	Paid           int64            `json:"paid,omitempty,omitzero"`
	Quit           int64            `json:"quit,omitempty,omitzero" doc:"Placed, and let the payment window pass"`
	Unpaid         int64            `json:"unpaid,omitempty,omitzero" doc:"Placed, and could not pay"`
	Expired        int64            `json:"expired,omitempty,omitzero" doc:"Units that came free again"`
	Latency        Latency          `json:"latency" doc:"From the moment when a buyer was to come to their answer"`
	Oversold       *int64           `json:"oversold,omitempty,omitzero" doc:"Once judged: units held above the quantity"`
	Findings       *int             `json:"findings,omitempty,omitzero" doc:"Once judged: how many"`
	Report         bool             `json:"report" doc:"There is one of the rush"`
	Timeline       *Timeline        `json:"timeline,omitempty,omitzero"`
	Verdict        *AuditReport     `json:"verdict,omitempty,omitzero"`
}

// RehearsalList is all rehearsals.
type RehearsalList struct {
	Rehearsals []Rehearsal `json:"rehearsals" nullable:"false"`
}

// Latency is a distribution of times in milliseconds.
type Latency struct {
	Count  int64   `json:"count"`
	MeanMS float64 `json:"mean_ms"`
	P50MS  float64 `json:"p50_ms"`
	P90MS  float64 `json:"p90_ms"`
	P99MS  float64 `json:"p99_ms"`
	P999MS float64 `json:"p99_9_ms"`
	MaxMS  float64 `json:"max_ms"`
}

// A Timeline is answers by when they came.
type Timeline struct {
	CellS float64            `json:"cell_s" doc:"Cell i spans [i, i+1) times so many seconds from the start"`
	Cells []map[string]int64 `json:"cells" nullable:"false" doc:"Answers by kind; 400 cells at most"`
}

// RehearsalBody is the body of a begin, for the document.
type RehearsalBody struct {
	Buyers         int64  `json:"buyers,omitempty,omitzero" minimum:"1" maximum:"100000" default:"10000"`
	Over           string `json:"over,omitempty,omitzero" default:"5s" doc:"1s to 60s"`
	Quantity       int64  `json:"quantity,omitempty,omitzero" minimum:"1" maximum:"100000" default:"100"`
	RepeatClickers int64  `json:"repeat_clickers,omitempty,omitzero" minimum:"0" maximum:"100" doc:"Percent of the buyers: each clicks again 100 ms later"`
	Quitters       int64  `json:"quitters,omitempty,omitzero" minimum:"0" maximum:"100" doc:"Percent of the buyers: they let the payment window of 10s pass, and all others pay"`
}
