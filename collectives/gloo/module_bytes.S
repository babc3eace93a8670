# The Gloo module's file, byte by byte, in the executable's read-only data.
    .section .rodata
    .global assay_gloo_module_begin
    .global assay_gloo_module_end
    .balign 16
assay_gloo_module_begin:
    .incbin ASSAY_GLOO_MODULE
assay_gloo_module_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
