package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
