package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.repository.zoo.ZooModel;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.checkpoint.TinyCodecs;
import io.zigma.codec.SampleCodec;
import io.zigma.condition.InvalidRequestException;
import io.zigma.media.Pixels;
import io.zigma.pipeline.CodecSource;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.LoadOptions;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of latents from Java and through DJL's doors. */
class LatentPredictorTest {

    private static final GenerationRequest REQUEST =
            GenerationRequest.of("square").withSeed(3).withSteps(2);

    @TempDir Path folder;
    private CodecFolder codec;
    private CheckpointFolder model;

    @BeforeEach
    void writeAModelAndItsCodec() throws Exception {
        codec = TinyCodecs.codec(folder.resolve("codecs/tiny"), 5);
        model = TinyCodecs.model(folder.resolve("models/latents"), codec.reference());
    }

    @Test
    void thePictureIsTheDecodedLatent() throws Exception {
        try (ImageGenerator generator = ImageGenerator.load(model, Device.cpu());
                SampleCodec decoder = codec.load(Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            BufferedImage picture = generator.generate(REQUEST).get(0).picture();
            GeneratedImage latent = generator.generate(REQUEST.withLatents(true)).get(0);
            NDArray sample =
                    manager.create(
                            latent.latent().orElseThrow().values(),
                            model.config().model().sample().batch(1));
            NDArray decoded = decoder.decode(sample);
            int height = (int) decoded.getShape().get(2);
            int width = (int) decoded.getShape().get(3);
            BufferedImage expected = Pixels.picture(decoded.toFloatArray(), 3, height, width);
            assertThat(height).isEqualTo(2 * model.config().model().sample().height());
            assertThat(rgb(picture)).isEqualTo(rgb(expected));
        }
    }

    @Test
    void theRecipeNamesTheCodec() throws Exception {
        try (ImageGenerator generator = ImageGenerator.load(model, Device.cpu())) {
            assertThat(generator.generate(REQUEST).get(0).recipe().fields())
                    .containsEntry("codec", "tiny")
                    .containsEntry("codec_sha256", codec.reference().hash());
            assertThat(generator.generate(REQUEST.withLatents(true)).get(0).recipe().fields())
                    .doesNotContainKey("codec");
        }
    }

    @Test
    void theSizeOfARequestIsThatOfThePicture() throws Exception {
        int side = 2 * model.config().model().sample().height();
        int width = 2 * model.config().model().sample().width();
        try (ImageGenerator generator = ImageGenerator.load(model, Device.cpu())) {
            assertThat(generator.generate(REQUEST.withSize(side, width))).hasSize(1);
            assertThatThrownBy(() -> generator.generate(REQUEST.withSize(side / 2, width)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("makes pictures of");
        }
    }

    @Test
    void aPredictorFindsTheCodecBesideTheModel() throws Exception {
        try (ImageGenerator generator = ImageGenerator.load(model, Device.cpu())) {
            assertThat(Pictures.of(Pictures.criteria().optModelPath(model.path()).build(), REQUEST))
                    .isEqualTo(Pictures.of(generator.generate(REQUEST)));
        }
    }

    @Test
    void aPredictorTakesTheCodecThatAnArgumentNames() throws Exception {
        int[] beside;
        try (ImageGenerator generator = ImageGenerator.load(model, Device.cpu())) {
            beside = rgb(generator.generate(REQUEST).get(0).picture());
        }
        Path moved = Files.createDirectories(folder.resolve("elsewhere")).resolve("moved");
        Files.move(codec.path(), moved);
        try (ZooModel<GenerationRequest, GenerationResult> loaded =
                        Pictures.criteria().optModelPath(model.path()).build().loadModel();
                Predictor<GenerationRequest, GenerationResult> predictor = loaded.newPredictor()) {
            assertThatThrownBy(() -> predictor.predict(REQUEST))
                    .isInstanceOf(RequestRefusedException.class)
                    .hasMessageContaining("codec tiny of SHA-256");
            assertThat(predictor.predict(REQUEST.withLatents(true)).images().get(0).latent())
                    .isPresent();
        }
        try (ZooModel<GenerationRequest, GenerationResult> loaded =
                        Pictures.criteria()
                                .optModelPath(model.path())
                                .optArgument("codec", moved.toString())
                                .build()
                                .loadModel();
                Predictor<GenerationRequest, GenerationResult> predictor = loaded.newPredictor()) {
            assertThat(rgb(predictor.predict(REQUEST).images().get(0).picture())).isEqualTo(beside);
        }
    }

    @Test
    void theWrongCodecIsRefused() throws Exception {
        CodecFolder other = TinyCodecs.codec(folder.resolve("codecs/other"), 6);
        try (ImageGenerator generator =
                ImageGenerator.load(
                        model,
                        Device.cpu(),
                        LoadOptions.DEFAULT.withCodec(CodecSource.at(other.path())))) {
            assertThatThrownBy(() -> generator.generate(REQUEST))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("makes latents of the codec tiny")
                    .hasMessageContaining("holds another");
        }
    }

    private static int[] rgb(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
