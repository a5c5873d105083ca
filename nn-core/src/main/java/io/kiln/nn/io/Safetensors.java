package io.kiln.nn.io;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whole safetensors files: eight bytes of header length n, n bytes of JSON, then the numbers of all
 * tensors, little-endian and row-major. Nothing in such a file can run code.
 */
public final class Safetensors {
  private Safetensors() {}

  /**
   * Reads all tensors, each in the narrowest width that holds its numbers exactly.
   *
   * @throws FormatException if the file is damaged
   */
  public static NamedTensors read(Storage storage, String path) throws IOException {
    try (SafetensorsReader reader = SafetensorsReader.open(storage, path)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (TensorEntry entry : reader.entries()) {
        tensors.put(entry.name(), reader.read(entry, entry.type().width()));
      }
      return new NamedTensors(tensors, reader.metadata());
    }
  }

  /**
   * Reads all tensors in one width.
   *
   * @throws FormatException if the file is damaged
   */
  public static NamedTensors read(Storage storage, String path, DType dtype) throws IOException {
    return read(storage, path, dtype, SafetensorsReader::readInto);
  }

  /**
   * Reads weights, or numbers to learn from, in one width.
   *
   * @throws FormatException if the file is damaged, or a number is not finite
   */
  public static NamedTensors readFinite(Storage storage, String path, DType dtype)
      throws IOException {
    return read(storage, path, dtype, SafetensorsReader::readFinite);
  }

  private interface Reading {
    void read(SafetensorsReader reader, TensorEntry entry, Tensor tensor) throws IOException;
  }

  private static NamedTensors read(Storage storage, String path, DType dtype, Reading reading)
      throws IOException {
    try (SafetensorsReader reader = SafetensorsReader.open(storage, path)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (TensorEntry entry : reader.entries()) {
        Tensor tensor = Tensor.zeros(entry.shape(), dtype);
        reading.read(reader, entry, tensor);
        tensors.put(entry.name(), tensor);
      }
      return new NamedTensors(tensors, reader.metadata());
    }
  }

  /** Writes a new file, float32 tensors as F32 and float64 tensors as F64, in their order. */
  public static void write(Storage storage, String path, NamedTensors contents) throws IOException {
    try (OutputStream out = storage.create(path)) {
      write(out, contents);
    }
  }

  /** Writes to a stream, which stays open. */
  public static void write(OutputStream out, NamedTensors contents) throws IOException {
    out.write(SafetensorsHeader.bytes(entries(contents.tensors()), contents.metadata()));
    for (Tensor tensor : contents.tensors().values()) {
      LittleEndian.write(tensor, out::write);
    }
  }

  /** Where each tensor will lie. */
  static List<TensorEntry> entries(Map<String, Tensor> tensors) {
    List<TensorEntry> entries = new ArrayList<>();
    long at = 0;
    for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
      if (each.getKey().equals(SafetensorsHeader.METADATA)) {
        throw new IllegalArgumentException(
            "safetensors: a tensor cannot be named " + SafetensorsHeader.METADATA);
      }
      Tensor tensor = each.getValue();
      ElementType type = ElementType.of(tensor.dtype());
      long end = at + (long) tensor.count() * type.bytes();
      entries.add(new TensorEntry(each.getKey(), type, tensor.shape(), at, end));
      at = end;
    }
    return entries;
  }
}
