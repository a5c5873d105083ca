package io.kiln.nn.io;

import io.kiln.nn.tensor.Shape;

/**
 * One tensor as a safetensors header declares it.
 *
 * @param name its name
 * @param type how its numbers are written
 * @param shape its axes
 * @param begin its first byte, counted from the end of the header
 * @param end one past its last byte
 */
public record TensorEntry(String name, ElementType type, Shape shape, long begin, long end) {}
