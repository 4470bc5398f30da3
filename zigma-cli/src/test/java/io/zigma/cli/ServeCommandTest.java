package io.zigma.cli;

import static io.zigma.cli.terminal.ExitStatus.FAILED;
import static io.zigma.cli.terminal.ExitStatus.WRONG_USAGE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code zigma serve} where it cannot begin; what it serves is tested at the server itself. */
class ServeCommandTest {

    @TempDir static Path models;
    private static Path model;

    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyCheckpoint.withClasses(models.resolve("shoes"));
    }

    @Test
    void aPortThatIsTakenIsOneLineAndStatusOne() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(test.zigma("serve", "-m", model.toString(), "--port", port))
                    .isEqualTo(FAILED);

            assertThat(test.err().lines())
                    .singleElement()
                    .asString()
                    .contains("port " + port, "taken", "--port");
            assertThat(test.out()).isEmpty();
        }
    }

    @Test
    void anAddressOfTheNetworkNeedsAToken() {
        assertThat(test.zigma("serve", "-m", model.toString(), "--host", "0.0.0.0"))
                .isEqualTo(WRONG_USAGE);

        assertThat(test.err()).contains("token");
    }
}
