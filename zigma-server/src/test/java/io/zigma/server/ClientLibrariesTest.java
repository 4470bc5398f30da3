package io.zigma.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.server.job.JobState;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client libraries of other people, unchanged, as npm installs them. */
@Tag("clients")
class ClientLibrariesTest {

    private static final String TOKEN = "a-token-of-this-test";
    private static final String SNEAKERS =
            "{'class': 'sneaker', 'seed': 7, 'steps': 2, 'count': 2%s}";

    @TempDir Path folder;

    /** Pictures of the native interface. */
    private static byte[][] made(ServerOfTest server, String request) throws Exception {
        String id = server.submit(request);
        server.events(id);
        assertThat(server.job(id).get("state").getAsString()).isEqualTo(JobState.DONE.label());
        byte[][] pictures = new byte[server.job(id).getAsJsonArray("images").size()][];
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = server.image(id, i);
        }
        return pictures;
    }

    private Path source(ServerOfTest server) throws Exception {
        return Files.write(folder.resolve("source.png"), made(server, SNEAKERS.formatted(""))[0]);
    }

    private static byte[] bytes(JsonArray texts, int number) {
        return Base64.getDecoder().decode(texts.get(number).getAsString());
    }

    private static BufferedImage decoded(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    /** The rows of a grey picture in red, green and blue: as the library sharp gives them. */
    private static byte[] raw(byte[] png) throws IOException {
        int[] samples = decoded(png).getRaster().getPixels(0, 0, 28, 28, (int[]) null);
        byte[] raw = new byte[3 * samples.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) samples[i / 3];
        }
        return raw;
    }

    private static int[] pixels(byte[] png) throws IOException {
        BufferedImage image = decoded(png);
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private static void requireInstalled() throws Exception {
        assertThat(NodeClients.install()).isDirectory();
    }

    @Test
    void openaisPackageMakesAndEditsPictures() throws Exception {
        requireInstalled();
        try (ServerOfTest server = ServerOfTest.start();
                ServerOfTest guarded = ServerOfTest.start(all -> all.withToken(TOKEN))) {
            Path source = source(server);
            BufferedImage mask = new BufferedImage(28, 28, BufferedImage.TYPE_INT_ARGB);
            Graphics2D pen = mask.createGraphics();
            pen.setColor(Color.BLACK);
            pen.fillRect(0, 14, 28, 14); // the upper half stays transparent: it is painted
            pen.dispose();
            File file = folder.resolve("mask.png").toFile();
            ImageIO.write(mask, "png", file);

            JsonObject got =
                    NodeClients.run(
                            "openai.mjs",
                            guarded.server().url(),
                            TOKEN,
                            source.toString(),
                            file.toString());

            assertThat(got.getAsJsonArray("models").toString()).isEqualTo("[\"fashion\"]");
            assertThat(got.get("one").getAsString()).isEqualTo("fashion");
            byte[][] wanted = made(server, SNEAKERS.formatted(""));
            assertThat(bytes(got.getAsJsonArray("made"), 0)).isEqualTo(wanted[0]);
            assertThat(bytes(got.getAsJsonArray("made"), 1)).isEqualTo(wanted[1]);
            assertThat(Base64.getDecoder().decode(got.get("linked").getAsString()))
                    .isEqualTo(wanted[0]);
            BufferedImage before = decoded(wanted[0]);
            BufferedImage after = decoded(bytes(got.getAsJsonArray("edited"), 0));
            assertThat(after.getSubimage(0, 14, 28, 14).getRGB(0, 0, 28, 14, null, 0, 28))
                    .isEqualTo(before.getSubimage(0, 14, 28, 14).getRGB(0, 0, 28, 14, null, 0, 28));
            assertThat(after.getRGB(0, 0, 28, 14, null, 0, 28))
                    .isNotEqualTo(before.getRGB(0, 0, 28, 14, null, 0, 28));
            assertThat(got.getAsJsonArray("refusals").toString())
                    .contains("BadRequestError", "sneaker", "NotFoundError", "fashion")
                    .contains("AuthenticationError", "token");
        }
    }

    @Test
    void nodeSdWebuiMakesAndChangesPicturesAndReadsTheirSettings() throws Exception {
        requireInstalled();
        try (ServerOfTest server = ServerOfTest.start()) {
            Path source = source(server);

            JsonObject got =
                    NodeClients.run("node-sd-webui.mjs", server.server().url(), source.toString());

            byte[][] wanted = made(server, SNEAKERS.formatted(", 'sampler': 'euler'"));
            for (int i = 0; i < 2; i++) {
                assertThat(pixels(bytes(got.getAsJsonArray("made"), i)))
                        .as("picture %s", i)
                        .isEqualTo(pixels(wanted[i]));
            }
            byte[] changed = bytes(got.getAsJsonArray("changed"), 0);
            assertThat(pixels(changed)).isEqualTo(pixels(changedNatively(server, source, "")));
            JsonObject info = got.getAsJsonObject("info");
            assertThat(info.get("prompt").getAsString()).isEqualTo("sneaker");
            assertThat(info.get("seed").getAsInt()).isEqualTo(8);
            assertThat(info.get("steps").getAsInt()).isEqualTo(2);
            assertThat(info.get("width").getAsInt()).isEqualTo(28);
            assertThat(info.get("model").getAsString()).isEqualTo("fashion");
            assertThat(got.get("refusal").getAsString()).contains("Bad Request");
        }
    }

    private static byte[] changedNatively(ServerOfTest server, Path source, String more)
            throws Exception {
        String image = Base64.getEncoder().encodeToString(Files.readAllBytes(source));
        return made(
                server,
                "{'class': 'bag', 'seed': 3, 'steps': 4, 'sampler': 'euler', 'init_image': '%s'%s}"
                        .formatted(image, more))[0];
    }

    @Test
    void stableDiffusionApiMakesAndChangesPictures() throws Exception {
        requireInstalled();
        try (ServerOfTest server = ServerOfTest.start();
                ServerOfTest guarded = ServerOfTest.start(all -> all.withToken(TOKEN))) {
            Path source = source(server);

            JsonObject got =
                    NodeClients.run(
                            "stable-diffusion-api.mjs",
                            guarded.server().url(),
                            TOKEN,
                            source.toString());

            assertThat(got.getAsJsonArray("models").get(0).getAsString()).startsWith("fashion [");
            assertThat(got.get("current").getAsString()).startsWith("fashion [");
            assertThat(got.getAsJsonArray("samplers").toString()).contains("euler");
            byte[][] wanted =
                    made(server, SNEAKERS.formatted(", 'sampler': 'euler', 'guidance': 7"));
            for (int i = 0; i < 2; i++) {
                assertThat(bytes(got.getAsJsonArray("made"), i))
                        .as("picture %s", i)
                        .isEqualTo(raw(wanted[i]));
            }
            JsonObject info = got.getAsJsonObject("info");
            assertThat(info.getAsJsonArray("all_seeds").toString()).isEqualTo("[7,8]");
            assertThat(info.getAsJsonArray("warnings").toString())
                    .contains("pictures of 28×28 only")
                    .doesNotContain("not used");
            byte[] changed = changedNatively(server, source, ", 'guidance': 7, 'strength': 0.75");
            assertThat(bytes(got.getAsJsonArray("changed"), 0)).isEqualTo(raw(changed));
            assertThat(got.get("upscalers").getAsInt()).isZero();
            assertThat(got.get("progress").getAsDouble()).isZero();
        }
    }
}
