package io.zigma.zoo;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.RequestDefaults;
import java.util.Arrays;

/**
 * Class numbers to pictures, as DJL's own generators. Every call has random seeds, except if the
 * model was loaded with a {@code seed}.
 */
final class ClassesTranslator extends SamplingTranslator<int[], Image[]> {

    private final LoadedCheckpoint checkpoint;
    private final RequestDefaults defaults;

    ClassesTranslator(LoadedCheckpoint checkpoint, RequestDefaults defaults) {
        this.checkpoint = checkpoint;
        this.defaults = defaults;
    }

    @Override
    Image[] answer(TranslatorContext context, int[] input) throws TranslateException {
        GenerationRequest request;
        try {
            request =
                    defaults.applyTo(GenerationRequest.any())
                            .withPrompts(Arrays.stream(input).mapToObj(Prompt::ofLabel).toList());
        } catch (InvalidRequestException e) {
            throw new RequestRefusedException(e);
        }
        return checkpoint.generate(context, request).pictures().stream()
                .map(ImageFactory.getInstance()::fromImage)
                .toArray(Image[]::new);
    }
}
