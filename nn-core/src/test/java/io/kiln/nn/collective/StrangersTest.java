package io.kiln.nn.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import io.kiln.nn.collective.Collective.Place;
import io.kiln.nn.collective.Handshake.Hello;
import io.kiln.nn.collective.Handshake.Role;
import io.kiln.nn.collective.LinkOptions.PortRange;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who does not know the key gets nowhere and harms nobody. */
@Timeout(1200)
class StrangersTest {
  private static final String HOST = Workers.HOST;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static MeshEndpoint endpoint(AttemptKey key, int attempt, int rank) throws IOException {
    return MeshEndpoint.open(HOST, Workers.QUICK, key, attempt, new Place(rank, 2));
  }

  private static Hello hello(int attempt, int from, int to, int size) {
    return new Hello(Role.MESH, false, attempt, from, to, size);
  }

  private static void refused(MeshEndpoint end, Hello hello, AttemptKey key) {
    InetSocketAddress at = new InetSocketAddress(HOST, end.address().port());
    assertThatThrownBy(() -> Handshake.call(at, hello, key, PATIENCE).channel().close())
        .isInstanceOf(IOException.class);
  }

  /** Two workers whose first is molested; their exchange must go through. */
  private static void unharmed(Molester molester) throws Exception {
    AttemptKey key = AttemptKey.random();
    try (MeshEndpoint zero = endpoint(key, 3, 0);
        MeshEndpoint one = endpoint(key, 3, 1)) {
      MeshEndpoint.Address first = zero.address();
      List<MeshEndpoint.Address> table =
          List.of(
              new MeshEndpoint.Address(0, HOST, first.port(), "a"),
              new MeshEndpoint.Address(1, HOST, one.address().port(), "b"));
      molester.molest(zero, key);
      CompletableFuture<byte[][]> there =
          CompletableFuture.supplyAsync(
              () -> {
                try (Collective collective = one.join(table)) {
                  return collective.exchange(new byte[] {1});
                }
              });
      try (Collective collective = zero.join(table)) {
        assertThat(collective.exchange(new byte[] {7})).isEqualTo(new byte[][] {{7}, {1}});
        there.join();
      }
    }
  }

  private interface Molester {
    void molest(MeshEndpoint end, AttemptKey key) throws Exception;
  }

  @Test
  void aPortThatIsTakenCostsNoDescriptor() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      PortRange only = new PortRange(taken.getLocalPort(), taken.getLocalPort());
      LinkOptions options =
          new LinkOptions(false, only, Duration.ofSeconds(1), Duration.ofSeconds(1), true);
      long before = descriptors();
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(
                () -> MeshEndpoint.open(HOST, options, AttemptKey.random(), 0, new Place(0, 2)))
            .isInstanceOf(BindException.class)
            .hasMessageContaining("no free port of");
      }
      assertThat(descriptors() - before).isLessThan(50);
    }
  }

  private static long descriptors() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  @Test
  void wrongKeyIsRefused() throws Exception {
    unharmed((end, key) -> refused(end, hello(3, 1, 0, 2), AttemptKey.random()));
  }

  @Test
  void workersOfOtherAttemptsAreRefused() throws Exception {
    unharmed((end, key) -> refused(end, hello(2, 1, 0, 2), key));
  }

  @Test
  void wrongRankRoleOrSizeIsRefusedEvenWithTheKey() throws Exception {
    unharmed(
        (end, key) -> {
          refused(end, hello(3, 1, 1, 2), key);
          refused(end, hello(3, 2, 0, 2), key);
          refused(end, hello(3, -1, 0, 2), key);
          refused(end, hello(3, 1, 0, 3), key);
          refused(end, new Hello(Role.CONTROL, false, 3, 1, 0, 2), key);
          refused(end, new Hello(Role.MESH, true, 3, 1, 0, 2), key);
        });
  }

  @Test
  void aListenerWithoutTheKeyIsNotBelieved() throws Exception {
    AttemptKey key = AttemptKey.random();
    try (MeshEndpoint impostor = endpoint(AttemptKey.random(), 3, 0)) {
      refused(impostor, hello(3, 1, 0, 2), key);
    }
    try (ServerSocket web = new ServerSocket(0, 1, java.net.InetAddress.getByName(HOST))) {
      CompletableFuture<Void> server =
          CompletableFuture.runAsync(
              () -> {
                try (Socket socket = web.accept()) {
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 200 OK\r\n".repeat(50).getBytes(StandardCharsets.US_ASCII));
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      InetSocketAddress at = new InetSocketAddress(HOST, web.getLocalPort());
      assertThatThrownBy(() -> Handshake.call(at, hello(3, 1, 0, 2), key, PATIENCE))
          .hasMessageContaining("does not speak Kiln's protocol");
      server.exceptionally(e -> null).join();
    }
  }

  @Test
  void garbageIsDropped() throws Exception {
    Random random = new Random(1);
    unharmed(
        (end, key) -> {
          for (int i = 0; i < 300; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            if (i % 3 == 0) {
              garbage =
                  "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(4).getBytes(StandardCharsets.US_ASCII);
            }
            try (Socket socket = new Socket(HOST, end.address().port())) {
              socket.getOutputStream().write(garbage);
            }
          }
        });
  }

  @Test
  void silentAndSlowCallersAreDroppedAfterThreeSeconds() throws Exception {
    unharmed(
        (end, key) -> {
          long start = System.nanoTime();
          List<Socket> sockets = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            sockets.add(new Socket(HOST, end.address().port()));
          }
          for (Socket socket : sockets) {
            try (socket) {
              InputStream in = socket.getInputStream();
              assertThat(in.readNBytes(Handshake.CHALLENGE_LENGTH)).hasSize(36);
              assertThat(in.read()).isEqualTo(-1);
            }
          }
          assertThat(System.nanoTime() - start)
              .isGreaterThanOrEqualTo(LinkOptions.PROOF_TIMEOUT.toNanos());
        });
  }

  @Test
  void aFloodOfSilentCallersKeepsNobodyOut() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      unharmed(
          (end, key) -> {
            for (int i = 0; i < 600; i++) {
              sockets.add(new Socket(HOST, end.address().port()));
            }
          });
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void thePortIsClosedOnceAllHaveCome() throws Exception {
    AttemptKey key = AttemptKey.random();
    try (MeshEndpoint zero = endpoint(key, 0, 0);
        MeshEndpoint one = endpoint(key, 0, 1)) {
      List<MeshEndpoint.Address> table = List.of(zero.address(), one.address());
      CompletableFuture<Collective> there = CompletableFuture.supplyAsync(() -> one.join(table));
      try (Collective collective = zero.join(table);
          Collective other = there.join()) {
        assertThat(collective.size()).isEqualTo(other.size());
        assertThatThrownBy(() -> new Socket(HOST, zero.address().port()).close())
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void whoDoesNotComeIsNamed() throws Exception {
    LinkOptions brief =
        LinkOptions.DEFAULT.withTimes(Duration.ofMillis(300), Duration.ofSeconds(5));
    try (MeshEndpoint zero =
        MeshEndpoint.open(HOST, brief, AttemptKey.random(), 0, new Place(0, 2))) {
      List<MeshEndpoint.Address> table =
          List.of(zero.address(), new MeshEndpoint.Address(1, "node7", 1, "elsewhere"));
      assertThatThrownBy(() -> zero.join(table))
          .isInstanceOf(PeerException.class)
          .hasMessageContaining("peer 1 on node7: no link could be made at the start; it did not");
    }
  }

  @Test
  void portsAreTakenFromTheRangeAndNowhereElse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName(HOST))) {
      int port = taken.getLocalPort();
      LinkOptions only =
          new LinkOptions(false, new PortRange(port, port), PATIENCE, PATIENCE, true);
      assertThatThrownBy(
              () -> MeshEndpoint.open(HOST, only, AttemptKey.random(), 0, new Place(0, 2)))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("listener: no free port of " + port + "-" + port);
    }
  }

  @Test
  void changedFramesDoNotOpen() throws Exception {
    byte[] key = new byte[32];
    for (Frames.Protection protection :
        List.of(Frames.Protection.CHECKSUM, Frames.Protection.ENCRYPTION)) {
      javax.crypto.spec.SecretKeySpec aes = new javax.crypto.spec.SecretKeySpec(key, "AES");
      WireBuffer wire = new WireBuffer(1 << 17);
      for (int bit = 0; bit < 8 * 40; bit++) {
        Frames sending = new Frames(protection, aes);
        Frames receiving = new Frames(protection, aes);
        int end = sending.seal(wire.bytes, 0, 30);
        int at = bit / 8;
        wire.bytes.put(at, (byte) (wire.bytes.get(at) ^ 1 << bit % 8));
        assertThatThrownBy(
                () -> {
                  if (receiving.sizeAt(wire.bytes, 0) != end) {
                    throw new IOException("the frame would never be whole, or be too long");
                  }
                  receiving.open(wire.bytes, 0);
                })
            .as("%s, bit %d", protection, bit)
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void repeatedFramesDoNotOpen() throws Exception {
    javax.crypto.spec.SecretKeySpec aes = new javax.crypto.spec.SecretKeySpec(new byte[32], "AES");
    Frames sending = new Frames(Frames.Protection.ENCRYPTION, aes);
    Frames receiving = new Frames(Frames.Protection.ENCRYPTION, aes);
    WireBuffer wire = new WireBuffer(1 << 10);
    int end = sending.seal(wire.bytes, 0, 16);
    byte[] copy = new byte[end];
    wire.bytes.get(0, copy);
    assertThat(receiving.open(wire.bytes, 0)).isEqualTo(16);
    wire.bytes.put(0, copy);
    assertThatThrownBy(() -> receiving.open(wire.bytes, 0))
        .hasMessage("a frame was changed, repeated or lost on its way");
  }
}
