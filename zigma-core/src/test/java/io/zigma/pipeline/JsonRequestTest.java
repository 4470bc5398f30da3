package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.zigma.base.SampleShape;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.media.PngFile;
import java.awt.image.BufferedImage;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonRequestTest {

    @Test
    void aClassNumberIsLookedUpAsAName() {
        // a model of the classes 1 … 9 has a class 3, which is not the fourth
        assertThat(
                        JsonRequest.parse(
                                        "{'class': 3}",
                                        RequestDefaults.of(Map.of()),
                                        RequestLimits.of(Map.of()))
                                .prompts())
                .containsExactly(Prompt.ofClass("3"));
    }

    @Test
    void aPictureAndAMaskComeInBase64AlsoAsDataUrls() {
        SourcePicture picture =
                SourcePicture.of(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY));
        byte[] file =
                PngFile.bytes(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY), Map.of());
        String base64 = Base64.getEncoder().encodeToString(file);

        Edit edit = parse("{'init_image': '%s', 'strength': 0.4}".formatted(base64)).edit();
        Edit masked =
                parse(
                                "{'init_image': 'data:image/png;base64,%s', 'mask': '%s'}"
                                        .formatted(base64, base64))
                        .edit();

        assertThat(edit.strength()).isEqualTo(0.4);
        assertThat(edit.source().sha256()).isEqualTo(picture.sha256());
        assertThat(masked.strength()).isEqualTo(1);
        assertThat(masked.source().sha256()).isEqualTo(picture.sha256());
        assertThat(masked.mask().sha256()).isEqualTo(picture.sha256());
    }

    @Test
    void aVideoGoesOnFromAClipInBase64() {
        byte[] file =
                PngFile.bytes(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY), Map.of());
        String base64 = Base64.getEncoder().encodeToString(file);

        Extension own = parse("{'extend': 12, 'overlap': 4}").extension();
        Extension clip =
                parse("{'extend': 5, 'init_clip': 'data:image/gif;base64,%s'}".formatted(base64))
                        .extension();
        Extension paced =
                parse("{'extend': 5, 'init_clip': '%s', 'init_fps': 8}".formatted(base64))
                        .extension();

        assertThat(own).isEqualTo(new Extension(12, 4));
        assertThat(clip.frames()).isEqualTo(5);
        assertThat(clip.clip().sha256()).isEqualTo(SourcePicture.of("picture", file).sha256());
        assertThat(clip.clip().taken()).isEmpty();
        assertThat(paced.clip().taken()).contains(new SourceClip.Frames(8, 1));
        assertThat(parse("{'extend': null}").extension()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'overlap': 4} | overlap goes with extend",
                "{'init_clip': 'aa'} | init_clip goes with extend",
                "{'extend': 4, 'init_fps': 8} | init_fps goes with init_clip",
                "{'extend': 0} | a video is extended by 1 to 16384 frames, not 0",
                "{'extend': 4.5} | extend should be a whole number",
                "{'extend': 4, 'overlap': 0} | overlap may be 1 to 16384 here, not 0",
                "{'extend': 4, 'init_clip': 'a'} | init_clip should be a clip file in base64",
                "{'extend': 4, 'init_clip': 'aaaa', 'init_fps': 999} | not 999.0"
            })
    void anExtensionThatIsNoneIsRefused(String json, String why) {
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(() -> parse(json))
                .withMessageContaining(why);
    }

    @Test
    void eachWindowCountsAsAVideoOfTheRequest() {
        SampleShape sample = SampleShape.video(16, 3, 8, 8);
        RequestLimits limits = new RequestLimits(4, 10);
        GenerationRequest request = GenerationRequest.any();
        limits.requireWindows(request, SampleShape.image(3, 8, 8));
        limits.requireWindows(request.withExtension(Extension.by(24)), sample);
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(
                        () ->
                                limits.requireWindows(
                                        request.withExtension(Extension.by(25)), sample))
                .withMessageContaining("as long as 5 of 16 frames");
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(
                        () ->
                                limits.requireWindows(
                                        request.withCount(2).withExtension(Extension.by(17)),
                                        sample))
                .withMessageContaining("as long as 8 of 16 frames");
        // the clip takes the place of the first
        Extension clip = Extension.by(32).from(SourceClip.of("clip", new byte[0]));
        limits.requireWindows(request.withExtension(clip), sample);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'strength': 0.4} | strength goes with init_image",
                "{'mask': 'aa'} | mask goes with init_image",
                "{'init_image': 'a'} | init_image should be a picture file in base64",
                "{'init_image': 7} | init_image should be a text",
                "{'init_image': 'aaaa', 'strength': 2} | strength goes from 0"
            })
    void aPictureThatIsNoneIsRefused(String json, String why) {
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(() -> parse(json))
                .withMessageContaining(why);
    }

    private static GenerationRequest parse(String json) {
        return JsonRequest.parse(json, RequestDefaults.of(Map.of()), RequestLimits.of(Map.of()));
    }
}
