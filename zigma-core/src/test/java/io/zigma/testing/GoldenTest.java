package io.zigma.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class GoldenTest {

    @TempDir Path folder;

    @Test
    void fixturesAreFoundByTheBeginningOfTheirNameInAnySet() throws IOException {
        Path set = Files.createDirectory(folder.resolve("set"));
        Files.writeString(set.resolve("mixer_b.json"), "{}");
        Files.writeString(folder.resolve("mixer_a.json"), "{}");
        Files.writeString(folder.resolve("mixer.json"), "{}");
        Files.writeString(folder.resolve("mixers_c.json"), "{}");
        Files.writeString(folder.resolve("mixer_d.pt"), "");
        assertThat(Golden.fixtures(folder, "mixer"))
                .extracting(Fixture::name)
                .containsExactly("mixer", "mixer_a", "mixer_b");
    }

    @Test
    void aFixtureGivesItsConfigurationAndTensors() throws IOException {
        Files.writeString(folder.resolve("kind_x.json"), "{\"config\": {\"depth\": 3}}");
        new SafetensorsWriter()
                .floats("in.x", new long[] {1, 2}, new float[] {1, 2})
                .longs("out.path", new long[] {2}, new long[] {1, 0})
                .write(folder.resolve("kind_x.safetensors"));
        Fixture fixture = Golden.fixtures(folder, "kind").get(0);
        assertThat(fixture.config().get("depth").getAsInt()).isEqualTo(3);
        assertThat(fixture.names("out.")).containsExactly("out.path");
        assertThat(fixture.floats("in.x")).containsExactly(1, 2);
        assertThat(fixture.shape("in.x")).containsExactly(1, 2);
        assertThat(fixture.longs("out.path")).containsExactly(1, 0);
        assertThat(fixture.has("in.y")).isFalse();
    }

    @Test
    void aMissingFixtureSkipsTheTestWithItsReason() {
        Fixture missing = Fixture.missing("mixer", "nothing there");
        assertThatThrownBy(missing::config)
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("nothing there");
        assertThatThrownBy(() -> missing.floats("in.x")).isInstanceOf(TestAbortedException.class);
    }

    @Test
    void aKindThatDoesNotExistGivesOneFixtureThatSkips() {
        assertThat(Golden.fixtures("kind_that_does_not_exist"))
                .singleElement()
                .satisfies(
                        fixture ->
                                assertThatThrownBy(fixture::json)
                                        .isInstanceOf(TestAbortedException.class));
    }
}
