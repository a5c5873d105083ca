package io.kiln.nn.autograd;

/** An op that is y = max(x, 0) and nothing else. */
public interface Rectifier {}
