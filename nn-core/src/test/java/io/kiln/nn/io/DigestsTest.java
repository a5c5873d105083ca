package io.kiln.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class DigestsTest {
  @Test
  void aTensorsDigestIsThatOfItsLittleEndianBytes() {
    for (DType dtype : DType.values()) {
      Tensor whole = Tensor.zeros(Shape.of(40_000), dtype);
      for (int i = 0; i < whole.count(); i++) {
        whole.set(i, i * 0.37);
      }
      Tensor part = whole.slice(5, Shape.of(3, 12_000));
      ByteBuffer bytes =
          ByteBuffer.allocate(part.count() * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < part.count(); i++) {
        if (dtype == DType.FLOAT32) {
          bytes.putFloat((float) part.get(i));
        } else {
          bytes.putDouble(part.get(i));
        }
      }
      assertThat(Digests.sha256(part)).isEqualTo(Digests.sha256(bytes.array()));
    }
    assertThat(Digests.sha256(new byte[0])).startsWith("e3b0c44298fc1c149afbf4c8996fb924");
    assertThat(Digests.sha256(Tensor.zeros(Shape.of(0), DType.FLOAT32))).startsWith("e3b0c442");
  }
}
