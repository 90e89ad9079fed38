/* main.c - the program: one command, one exit code. */
#include <stdio.h>

int main(void)
{
	puts("chibo " CB_VERSION);
	return 0;
}
