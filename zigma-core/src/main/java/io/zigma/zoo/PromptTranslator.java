package io.zigma.zoo;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.RequestDefaults;
import java.util.List;

/**
 * A string to a picture: of a text model the string is the prompt, of a model of classes the
 * class's name. Every call has a random seed, except if the model was loaded with a {@code seed}.
 */
final class PromptTranslator extends SamplingTranslator<String, Image> {

    private final LoadedCheckpoint checkpoint;
    private final RequestDefaults defaults;

    PromptTranslator(LoadedCheckpoint checkpoint, RequestDefaults defaults) {
        this.checkpoint = checkpoint;
        this.defaults = defaults;
    }

    @Override
    Image answer(TranslatorContext context, String input) throws TranslateException {
        GenerationRequest request;
        try {
            boolean text = checkpoint.config().model().conditioning().contextSize() > 0;
            Prompt prompt = text ? Prompt.ofText(input) : Prompt.ofClass(input);
            request = defaults.applyTo(GenerationRequest.any()).withPrompts(List.of(prompt));
        } catch (InvalidRequestException e) {
            throw new RequestRefusedException(e);
        }
        return ImageFactory.getInstance()
                .fromImage(checkpoint.generate(context, request).pictures().get(0));
    }
}
