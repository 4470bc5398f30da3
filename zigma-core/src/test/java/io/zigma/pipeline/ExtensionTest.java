package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtensionTest {

    @Test
    void windowsAreAsManyAsTheNewFramesNeed() {
        assertThat(Extension.by(8).windows(16)).isEqualTo(1);
        assertThat(Extension.by(9).windows(16)).isEqualTo(2);
        assertThat(new Extension(16, 12).windows(16)).isEqualTo(4);
        assertThat(new Extension(16, 12).kept(16)).isEqualTo(12);
        assertThat(Extension.by(1).kept(3)).isEqualTo(1);
    }

    @Test
    void whatIsNoExtensionIsRefused() {
        assertThatThrownBy(() -> Extension.by(0))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("1 to 16384 frames, not 0");
        assertThatThrownBy(() -> new Extension(4, -1)).hasMessageContaining("not -1");
        assertThatThrownBy(() -> new Extension(4, 16).kept(16))
                .hasMessageContaining("leaves no new frame in windows of 16");
        assertThatThrownBy(() -> Extension.by(4).kept(0))
                .hasMessageContaining("the model makes pictures");
    }

    @Test
    void aRequestKeepsItsExtensionWhateverElseIsChanged() {
        Extension extension = Extension.by(4);
        GenerationRequest request =
                GenerationRequest.any()
                        .withExtension(extension)
                        .withPrompts(List.of(Prompt.any()))
                        .withCount(2)
                        .withSeed(1)
                        .withSampler(SamplerChoice.RECOMMENDED)
                        .withGuidance(GuidanceChoice.RECOMMENDED)
                        .withBatchSize(3)
                        .withListener(GenerationListener.NONE)
                        .withNoise(NoiseChoice.OWN_SEEDS)
                        .withSize(4, 4)
                        .withLatents(false);
        assertThat(request.extension()).isEqualTo(extension);
    }
}
