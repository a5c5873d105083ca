package io.kiln.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Patience TWICE_MORE = new Patience(List.of(Duration.ZERO, Duration.ZERO));

  private final AtomicInteger calls = new AtomicInteger();

  private String failing(int times) throws IOException {
    if (calls.incrementAndGet() <= times) {
      throw new IOException("NameNode is in safe mode");
    }
    return "done";
  }

  @Test
  void whatFailsForAWhileSucceeds() throws IOException {
    assertThat(TWICE_MORE.call("test", () -> failing(2))).isEqualTo("done");
    assertThat(calls).hasValue(3);
  }

  @Test
  void whatFailsForLongerIsGivenUp() {
    assertThatThrownBy(() -> TWICE_MORE.call("test", () -> failing(9)))
        .hasMessage("NameNode is in safe mode");
    assertThat(calls).hasValue(3);
  }

  @Test
  void whatIsNotAllowedIsNotTriedAgain() {
    assertThatThrownBy(
            () ->
                TWICE_MORE.call(
                    "test",
                    () -> {
                      calls.incrementAndGet();
                      throw new AccessDeniedException("/x");
                    }))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(calls).hasValue(1);
  }
}
