/* Picks the trace that is to be explained, and sees its end. The last process, as the others know each
 * other by their numbers. */
active proctype reader() {
  atomic {
    c_code { read_traces(); };
    do
    :: c_expr { now.record + 1 < trace_count } -> record++
    :: record >= 0 -> break
    od;
    c_code { begin_trace(); }
  }
end:
  do
  :: d_step { event.kind == E_END -> c_code { end_trace(); } }
  od
}
